/**
 * Whoever can start and end sandboxes: the page, which has frames, or a Node process, which has
 * threads. Slots are numbered by the caller; a slot has one sandbox at a time.
 */
export interface SandboxHost {
  /**
   * Starts a sandbox in a slot and gives the port to it; the sandbox that was there ends.
   * Rejects with `SANDBOX_UNAVAILABLE` where none can be started.
   */
  open(slot: number): Promise<MessagePort>;
  /** Ends a slot's sandbox at once, whatever it is doing. Without one, does nothing. */
  close(slot: number): void;
}
