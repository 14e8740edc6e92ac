/** What of `navigator` decides whether stored data may be dropped by the browser. */
export interface StorageNavigator {
  storage?: Partial<Pick<StorageManager, 'persist' | 'persisted'>>;
  permissions?: Pick<Permissions, 'query'>;
  /** Chromium's alone. */
  userAgentData?: unknown;
}

/**
 * Asks the browser not to drop this origin's data when the disk is full, where asking shows nothing
 * to anybody: Chromium decides by itself, others put a question, which is not ours to put unless it
 * was answered before.
 * @returns whether the data stays
 */
export async function keepStorage(device: StorageNavigator): Promise<boolean> {
  const { storage } = device;
  try {
    if (await storage?.persisted?.()) return true;
    if (!storage?.persist || !(await asksNobody(device))) return false;
    return await storage.persist();
  } catch {
    // A policy may forbid it: then the cache is as good as the browser lets it be.
    return false;
  }
}

async function asksNobody({ userAgentData, permissions }: StorageNavigator): Promise<boolean> {
  if (userAgentData !== undefined) return true;
  const permission = await permissions?.query({ name: 'persistent-storage' });
  return permission?.state === 'granted';
}
