import { type FormEvent, useState } from 'react';
import { Client } from '../api/client.ts';
import { signIn } from '../api/token.ts';
import { request } from '../text/en/request.ts';
import { Button } from '../ui/button.tsx';
import { CheckField } from '../ui/check-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { useTitle } from '../ui/use-title.ts';
import css from './sign-in.module.css';

const text = request.signIn;

/** The requesters' front door. */
export function SignIn() {
  useTitle(request.title);
  const [token, setToken] = useState('');
  const [keep, setKeep] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const given = token.trim();
    if (given === '') return setError(text.empty);
    setBusy(true);
    try {
      await new Client(given).me();
      signIn(given, keep);
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown.message : String(thrown));
      setBusy(false);
    }
  };

  return (
    <div className={css.page}>
      <h1 className={css.title}>{text.title}</h1>
      <p className={css.what}>{text.what}</p>
      <form className={css.form} onSubmit={(event) => void submit(event)} noValidate>
        <TextField
          label={text.token}
          help={text.tokenHelp}
          error={error}
          type="password"
          autoComplete="current-password"
          mono
          value={token}
          onChange={(value) => {
            setToken(value);
            setError(undefined);
          }}
        />
        <CheckField label={text.keep} help={text.keepHelp} checked={keep} onChange={setKeep} />
        <Button look="main" type="submit" busy={busy} className={css.submit}>
          {text.submit}
        </Button>
      </form>
    </div>
  );
}
