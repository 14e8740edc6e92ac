import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Button } from './button.tsx';
import css from './confirm-dialog.module.css';

interface ConfirmDialogProps {
  open: boolean;
  title: string;
  /** Words of the button that does it, and of the one that does not. */
  confirm: string;
  keep: string;
  busy: boolean;
  onConfirm(): void;
  onKeep(): void;
  /** What would happen. */
  children: ReactNode;
}

/** Asks before something that cannot be taken back. Escape keeps things as they are. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open } = props;
  const title = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} className={css.dialog} aria-labelledby={title} onClose={props.onKeep}>
      <h2 id={title}>{props.title}</h2>
      {props.children}
      <div className={css.buttons}>
        <Button onClick={props.onKeep}>{props.keep}</Button>
        <Button look="danger" busy={props.busy} onClick={props.onConfirm}>
          {props.confirm}
        </Button>
      </div>
    </dialog>
  );
}
