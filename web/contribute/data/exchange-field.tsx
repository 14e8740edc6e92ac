import { browserEnvironment } from '../../../worker/environment.ts';
import { data as text } from '../../text/en/data.ts';
import { CheckField } from '../../ui/check-field.tsx';
import css from './data.module.css';

interface ExchangeFieldProps {
  on: boolean;
  onChange(on: boolean): void;
}

/** Whether data is exchanged with other visitors, with what that tells them about this device. */
export function ExchangeField({ on, onChange }: ExchangeFieldProps) {
  const { webrtc, saveData } = browserEnvironment();
  return (
    <div className={css.exchange}>
      <CheckField
        label={text.exchange}
        help={on ? text.exchangeHelp : text.exchangeOff}
        checked={on}
        onChange={onChange}
      />
      {on && !webrtc && <p className={css.soft}>{text.noWebRtc}</p>}
      {on && webrtc && saveData && <p className={css.soft}>{text.saveData}</p>}
      <details className={css.details}>
        <summary>{text.exchangeMeaning}</summary>
        <ul className={css.facts}>
          {text.exchangeFacts.map((fact) => (
            <li key={fact}>{fact}</li>
          ))}
        </ul>
      </details>
    </div>
  );
}
