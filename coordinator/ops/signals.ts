/** Exit code of a process that Ctrl-C ended, by convention. */
const INTERRUPTED = 130;

/**
 * Ends the process in order at the first Ctrl-C or SIGTERM, and at once at the second: whoever asks
 * twice means it, and nothing that was acknowledged is lost by that.
 */
export function stopOnSignals(stop: () => Promise<void>, say: (line: string) => void): void {
  let stopping = false;
  const onSignal = () => {
    if (stopping) process.exit(INTERRUPTED);
    stopping = true;
    say('Finishing what is being written (once more to end at once)...');
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        say(error instanceof Error ? error.message : String(error));
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}
