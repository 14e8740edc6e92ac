import { createContext, use } from 'react';
import type { Client } from './client.ts';

/** The API with the token of whoever is signed in. */
export const ClientContext = createContext<Client | null>(null);

/** The client of the requesters' pages, which are shown only to those who are signed in. */
export function useClient(): Client {
  const client = use(ClientContext);
  if (!client) throw new Error('used outside of the requesters’ pages');
  return client;
}
