import type { Command } from 'commander';
import { action } from '../context.ts';
import { keepSettings, settingsPath } from '../settings.ts';

/** `manyhands login`: checks address and token, and keeps them for the next commands. */
export function addLogin(program: Command): void {
  const command = program
    .command('login')
    .description('keep the address and token given with --url and --token');
  action(command, async ({ client, settings, print }) => {
    const me = await client.me();
    keepSettings(settings);
    print(`${settings.url} knows you as ${me.name}. Kept in ${settingsPath()}.`, {
      url: settings.url,
      me,
    });
    return undefined;
  });
}
