import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { isBlob } from '../../shared/api/contents.ts';
import type { Content } from '../../shared/api/schemas.ts';
import { useClient } from '../api/client-context.ts';
import { job as jobText } from '../text/en/job.ts';
import { CheckField } from '../ui/check-field.tsx';
import { DirectOutputs } from './direct-outputs.ts';

/** The bytes of a content, wherever they are. */
export type ReadContent = (
  content: Content,
  signal?: AbortSignal,
) => Promise<Uint8Array<ArrayBuffer>>;

interface OutputsValue {
  /** Whether large outputs are fetched straight from other browsers. */
  direct: boolean;
  setDirect(direct: boolean): void;
  read: ReadContent;
}

const KEY = 'manyhands.direct-outputs';
const Context = createContext<OutputsValue | null>(null);

/** How the views of a job get at its outputs. */
export function Outputs({ job, children }: { job: string; children: ReactNode }) {
  const client = useClient();
  const [direct, setDirect] = useState(() => canBeDirect() && localStorage.getItem(KEY) === 'yes');
  const reader = useRef<DirectOutputs | null>(null);

  useEffect(() => {
    void client;
    void job;
    void direct;
    return () => {
      reader.current?.close();
      reader.current = null;
    };
  }, [client, job, direct]);

  const read = useCallback<ReadContent>(
    async (content, signal) => {
      if (!direct || !isBlob(content)) return client.contentBytes(content, signal);
      reader.current ??= new DirectOutputs(client, job);
      return reader.current.read(content);
    },
    [client, job, direct],
  );
  const value = useMemo(
    () => ({
      direct,
      setDirect(chosen: boolean) {
        localStorage.setItem(KEY, chosen ? 'yes' : 'no');
        setDirect(chosen);
      },
      read,
    }),
    [direct, read],
  );
  return <Context value={value}>{children}</Context>;
}

export function useOutputs(): OutputsValue {
  const value = useContext(Context);
  if (!value) throw new Error('Outputs are read within <Outputs>');
  return value;
}

/** The visitor's choice, with what it tells others. */
export function DirectField() {
  const { direct, setDirect } = useOutputs();
  if (!canBeDirect()) return null;
  return (
    <CheckField
      label={jobText.results.direct}
      help={jobText.results.directHelp}
      checked={direct}
      onChange={setDirect}
    />
  );
}

function canBeDirect(): boolean {
  return typeof RTCPeerConnection === 'function';
}
