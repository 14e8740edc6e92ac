import pino, { type Logger } from 'pino';
import type { Config } from './config.ts';

/**
 * The process's log: JSON lines on standard error, because standard output belongs to what a
 * script asked for. Tokens and cookies never reach it: requests are logged by method and path only.
 */
export function createLog(level: Config['logLevel']): Logger {
  return pino({ level, base: undefined }, pino.destination({ dest: 2, sync: true }));
}
