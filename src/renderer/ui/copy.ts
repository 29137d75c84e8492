import { complain, toast } from './toast.tsx';

/** Puts a text on the clipboard and says so. */
export function copy(text: string, says: string): void {
  navigator.clipboard.writeText(text).then(() => toast(says), complain);
}
