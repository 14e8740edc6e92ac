/** Sent with every response. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** Sent as well where this server itself speaks TLS. */
export const TLS_HEADERS: Readonly<Record<string, string>> = {
  'Strict-Transport-Security': 'max-age=31536000',
};

/** A host that can be written into a policy as it is. */
const PLAIN_HOST = /^[A-Za-z0-9.-]+(:\d{1,5})?$|^\[[0-9a-fA-F:]+\](:\d{1,5})?$/;

/**
 * Policy of our own pages. Scripts are files of ours only; WebAssembly may be compiled (the C
 * compiler); frames are the sandbox only, which may not navigate itself out.
 *
 * @param host of the request: some browsers do not count our own WebSocket as `'self'`
 */
export function pagePolicy(host: string | undefined): string {
  const sockets = host && PLAIN_HOST.test(host) ? ` ws://${host} wss://${host}` : '';
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    `connect-src 'self'${sockets}`,
    "frame-src 'self'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    // The code editor makes its style sheet at run time, and styles cannot run anything.
    "style-src 'self' 'unsafe-inline'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
