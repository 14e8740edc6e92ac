/** Words of every page. One catalogue a page lies beside this one; another language is another folder. */
export const common = {
  name: 'Manyhands',
  skip: 'Skip to the page’s main part',
  navigation: 'Pages',
  contribute: 'Contribute',
  request: 'Request',
  operate: 'The network’s figures',
  motto:
    'Manyhands is a volunteer compute network that lives in web pages. It computes only after you have said so, and stops when you say so.',
  apiDocument: 'API description (OpenAPI)',
  theme: { label: 'Theme', system: 'Same as device', light: 'Light', dark: 'Dark' },
  loading: 'Loading…',
  retry: 'Try again',
  close: 'Close',
  cancel: 'Cancel',
  nothing: 'Nothing',
  notText: (size: string) => `${size}, not text`,
  copy: 'Copy',
  copied: 'Copied',
  notFound: {
    title: 'There is no page here',
    body: 'The address may be mistyped, or the page it led to is gone.',
    home: 'Go to the front page',
    request: 'See your jobs',
  },
  crash: {
    title: 'This page broke down',
    body: 'That is our mistake. Work that was already handed in is safe. Reload the page to go on.',
    reload: 'Reload the page',
    details: 'What the browser said',
  },
  offline:
    'The coordinator cannot be reached. Check your connection; this page tries again by itself.',
  badAnswer:
    'The coordinator’s answer does not fit this page. Reload the page to have its newest version.',
} as const;
