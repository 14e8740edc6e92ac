import type { HoldReason } from '../engine/events.ts';
import type { Power, Pressure } from '../environment.ts';

/** Charge below which nothing runs on battery, whatever was chosen: the device is needed for more. */
const LOW_BATTERY = 0.2;
/** Charge that ends a hold for low battery; above the other, so that it does not flicker. */
const CHARGED_BATTERY = 0.25;
/** Milliseconds without critical pressure before anything runs again. */
const PRESSURE_REST_MS = 10_000;
/** Whoever gives this part of the device's threads or more makes the pressure, and chose to. */
const OWN_PRESSURE = 0.5;

export type GovernorEvent =
  /** The contributor wants so many threads, at the most. */
  | { type: 'threads'; threads: number }
  /** Start or Resume was pressed: whoever does that on battery has chosen to. */
  | { type: 'chosen' }
  | { type: 'power'; power: Power }
  | { type: 'pressure'; pressure: Pressure }
  | { type: 'tick' };

/** What may run now. */
export interface Budget {
  threads: number;
  /** Why none may; null where some may. */
  reason: HoldReason | null;
}

interface GovernorState {
  threads: number;
  power: Power | null;
  batteryChosen: boolean;
  batteryLow: boolean;
  pressure: Pressure;
  /** Nothing runs before this time, for pressure. */
  pressedUntil: number | null;
}

/**
 * How much to give: never more than the contributor chose, and less while the device needs itself.
 * Pure: `now` in milliseconds comes from outside.
 */
export class Governor {
  readonly state: GovernorState;

  readonly #deviceThreads: number;

  constructor(threads: number, deviceThreads: number) {
    this.#deviceThreads = deviceThreads;
    this.state = {
      threads,
      power: null,
      batteryChosen: false,
      batteryLow: false,
      pressure: 'nominal',
      pressedUntil: null,
    };
  }

  /** What may run after this event. */
  handle(event: GovernorEvent, now: number): Budget {
    const { state } = this;
    switch (event.type) {
      case 'threads':
        state.threads = event.threads;
        break;
      case 'chosen':
        state.batteryChosen = true;
        break;
      case 'power':
        this.#takePower(event.power);
        break;
      case 'pressure':
        state.pressure = event.pressure;
        break;
      case 'tick':
        break;
    }
    const others = state.threads < OWN_PRESSURE * this.#deviceThreads;
    if (others && state.pressure === 'critical') state.pressedUntil = now + PRESSURE_REST_MS;
    else if (!others || (state.pressedUntil ?? now) <= now) state.pressedUntil = null;
    return this.#budget();
  }

  /** When to send `tick`; null for never. */
  wakeAt(): number | null {
    return this.state.pressedUntil;
  }

  #takePower(power: Power): void {
    const { state } = this;
    // Plugged in: the next time it is unplugged is not what was chosen.
    if (!power.onBattery && state.power?.onBattery) state.batteryChosen = false;
    if (!power.onBattery || power.level >= CHARGED_BATTERY) state.batteryLow = false;
    else if (power.level < LOW_BATTERY) state.batteryLow = true;
    // Known for the first time: what was chosen was chosen like this.
    if (state.power === null) state.batteryChosen = power.onBattery;
    state.power = power;
  }

  #budget(): Budget {
    const { threads, power, batteryChosen, batteryLow, pressedUntil } = this.state;
    if (power?.onBattery && batteryLow) return { threads: 0, reason: 'battery-low' };
    if (power?.onBattery && !batteryChosen) return { threads: 0, reason: 'battery' };
    if (pressedUntil !== null) return { threads: 0, reason: 'pressure' };
    return { threads, reason: null };
  }
}
