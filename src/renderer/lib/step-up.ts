import { create } from 'zustand';
import { BridgeError } from './bridge.ts';

type StepUp = {
  /** Ends the question: whether the person has proved that it is still them. Null while nobody is asked. */
  readonly answer: ((proved: boolean) => void) | null;
};

/** The question that the dialog in the frame shows. */
export const useStepUp = create<StepUp>(() => ({ answer: null }));

let asking: Promise<boolean> | null = null;

/** Requests that need the proof at the same time share one question. */
function prove(): Promise<boolean> {
  asking ??= new Promise<boolean>(resolve => useStepUp.setState({ answer: resolve })).finally(() => {
    asking = null;
    useStepUp.setState({ answer: null });
  });
  return asking;
}

const needsProof = (error: unknown): error is BridgeError =>
  error instanceof BridgeError && error.error.serverCode === 'step_up_needed';

/**
 * Makes a request. Where the server first wants to know that it is still the same person (AU-12), the person is asked, and the request is
 * made once more. Throws what the request throws, and `step_up_needed` when the person did not answer.
 */
export async function withStepUp<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!needsProof(error)) throw error;
    if (await prove()) return request();
    const words = { reason: 'Nothing was changed.', next: 'Confirm that it is you, and it is done.' };
    throw new BridgeError({ ...error.error, ...words });
  }
}
