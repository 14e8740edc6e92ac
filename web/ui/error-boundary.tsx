import { Component, type ReactNode } from 'react';
import { common } from '../text/en/common.ts';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

interface State {
  error: unknown;
}

/** Shows what happened in the place of a page that threw, and the way on. Give it a new `key` per page. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <Notice kind="bad" title={common.crash.title}>
        <p>{common.crash.body}</p>
        <Button onClick={() => location.reload()}>{common.crash.reload}</Button>
        <details>
          <summary>{common.crash.details}</summary>
          <code>{String(this.state.error)}</code>
        </details>
      </Notice>
    );
  }
}
