import type { Topic } from '../../shared/ipc.ts';
import { collapsed } from '../cache/api.ts';
import type { Timers } from '../timers.ts';

/**
 * Passes the first change on at once and gathers what follows within `ms`: while a pull writes hundreds of rows a second, the window
 * looks a few times a second and not after each of them.
 */
export function gatherTopics(pass: (topics: Topic[]) => void, timers: Timers, ms: number): (topics: Topic[]) => void {
  let waiting: Set<Topic> | null = null;

  function tick(): void {
    const gathered = waiting;
    if (gathered === null || gathered.size === 0) {
      waiting = null;
      return;
    }
    waiting = new Set();
    pass(collapsed(gathered));
    timers.after(ms, tick);
  }

  return topics => {
    if (waiting) {
      for (const topic of topics) waiting.add(topic);
      return;
    }
    waiting = new Set();
    pass(topics);
    timers.after(ms, tick);
  };
}
