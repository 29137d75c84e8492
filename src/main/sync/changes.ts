import type { Topic } from '../../shared/ipc.ts';
import type { Timers } from './engine.ts';

/** What is looked at again anyway is not worth naming one by one. */
const MANY = 200;

/**
 * Passes the first change on at once and gathers what follows within `ms`: while a pull writes hundreds of rows a second, the window
 * looks a few times a second and not after each of them.
 */
export function gatherTopics(pass: (topics: Topic[]) => void, timers: Timers, ms: number): (topics: Topic[]) => void {
  let waiting: Set<Topic> | null = null;

  function tick(): void {
    const gathered = [...(waiting ?? [])];
    if (gathered.length === 0) {
      waiting = null;
      return;
    }
    waiting = new Set();
    pass(gathered.length > MANY ? [...gathered.filter(topic => !topic.startsWith('thread:')), 'thread:*'] : gathered);
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
