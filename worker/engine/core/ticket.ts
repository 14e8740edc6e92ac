/** A ticket as a string that can be compared and looked up. */
export function ticketKey(ticket: Uint8Array): string {
  return String.fromCharCode(...ticket);
}
