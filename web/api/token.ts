import { useSyncExternalStore } from 'react';

const KEY = 'manyhands.token';

const listeners = new Set<() => void>();
let token = readToken();

function readToken(): string | null {
  try {
    return sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** The API token of whoever is signed in, or null. */
export function useToken(): string | null {
  return useSyncExternalStore(subscribe, () => token);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Signs in: for this tab alone, or on this device until signed out. */
export function signIn(newToken: string, keepOnDevice: boolean): void {
  try {
    (keepOnDevice ? localStorage : sessionStorage).setItem(KEY, newToken);
  } catch {
    // Without storage it holds until the page is closed.
  }
  set(newToken);
}

/** Forgets the token everywhere on this device. */
export function signOut(): void {
  try {
    sessionStorage.removeItem(KEY);
    localStorage.removeItem(KEY);
  } catch {
    // Then it was never kept.
  }
  set(null);
}

function set(next: string | null) {
  token = next;
  for (const listener of listeners) listener();
}
