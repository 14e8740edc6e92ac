import type { SandboxHost } from '../../sandbox/host.ts';
import type { DataSettings } from '../../swarm/swarm-view.ts';
import type { EngineView, HoldReason } from '../events.ts';

interface EngineStart {
  /** Address of the coordinator, `http:` or `https:`. */
  url: string;
  threads: number;
  memoryMiB: number;
  /** Ids of the projects to compute for; null for any. */
  projects: readonly string[] | null;
  data: DataSettings;
  /** What the page's environment says of peer connections, and of the visitor's wish for little data. */
  webrtc: boolean;
  saveData: boolean;
}

/** The contributor's buttons, as events of the engine. */
type Button = 'pause' | 'resume' | 'finish' | 'cancel-finish' | 'leave';

/** What the page calls in the engine's worker, over Comlink. */
export interface EngineApi {
  /**
   * @param host starts sandboxes in the page
   * @param links opens connections to peers in the page and gives the port to them
   * @param onView is told the state when it has changed, four times a second at most
   * @param onStopped is told when the engine has stopped for good
   * @throws ManyhandsError where keys cannot be made
   */
  start(
    options: EngineStart,
    host: SandboxHost,
    links: () => Promise<MessagePort>,
    onView: (view: EngineView) => void,
    onStopped: () => void,
  ): Promise<void>;
  budget(threads: number, reason: HoldReason | null): void;
  press(button: Button): void;
  setData(data: DataSettings): void;
  emptyCache(): void;
}
