import type { Locator } from '@playwright/test';

/**
 * Replaces what stands in a field, key by key. Playwright's own `fill` sets the value behind the
 * back of React where it drives Firefox through WebDriver BiDi.
 */
export async function type(field: Locator, text: string): Promise<void> {
  await field.fill('');
  await field.pressSequentially(text);
}

/** Replaces the text of a source editor, key by key; it indents lines by itself. */
export async function typeSource(editor: Locator, source: string): Promise<void> {
  await editor.focus();
  await editor.press('ControlOrMeta+a');
  await editor.pressSequentially(source.replace(/^ +/gm, ''));
}
