import { expect, test, vi } from 'vitest';
import { keepStorage, type StorageNavigator } from './keep-storage.ts';

/** A browser's storage, which is kept once it was asked for. */
function storage(persisted = false) {
  return { persisted: async () => persisted, persist: vi.fn(async () => true) };
}

const permissions = (state: PermissionState) =>
  ({ query: async () => ({ state }) }) as unknown as StorageNavigator['permissions'];

test('SWM-104 a browser that decides by itself is asked to keep stored data', async () => {
  const kept = storage();
  expect(await keepStorage({ storage: kept, userAgentData: {} })).toBe(true);
  expect(kept.persist).toHaveBeenCalledOnce();
});

test('SWM-104 a browser that would put a question to the visitor is not asked', async () => {
  const kept = storage();
  expect(await keepStorage({ storage: kept, permissions: permissions('prompt') })).toBe(false);
  expect(await keepStorage({ storage: kept })).toBe(false);
  expect(kept.persist).not.toHaveBeenCalled();
});

test('SWM-104 where the visitor has allowed it before, it is asked again', async () => {
  const kept = storage();
  expect(await keepStorage({ storage: kept, permissions: permissions('granted') })).toBe(true);
});

test('SWM-104 what is kept already needs no asking', async () => {
  const kept = storage(true);
  expect(await keepStorage({ storage: kept, userAgentData: {} })).toBe(true);
  expect(kept.persist).not.toHaveBeenCalled();
});

test('SWM-104 a browser without any of it, or a policy against it, is no fault', async () => {
  const refuse = () => Promise.reject(new TypeError('not here'));
  expect(await keepStorage({})).toBe(false);
  expect(await keepStorage({ storage: { persisted: refuse }, userAgentData: {} })).toBe(false);
  expect(await keepStorage({ storage: storage(), permissions: { query: refuse } })).toBe(false);
});
