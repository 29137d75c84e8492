import { ChevronUp, SendHorizontal } from 'lucide-react';
import { keysOf } from '../../lib/shortcuts.ts';
import { Button } from '../../ui/button.tsx';
import { Hinted } from '../../ui/hint.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { WRITING } from './shortcuts.ts';

export type AfterSend = 'stay' | 'next' | 'close';

/** Sends in the client's colour and with its name, online and offline. The menu beside it sends and goes on. */
export function SendButton({
  clientName,
  online,
  disabled,
  onSend,
}: {
  readonly clientName: string;
  readonly online: boolean;
  readonly disabled: boolean;
  readonly onSend: (then: AfterSend) => void;
}) {
  return (
    <span className="flex shrink-0">
      <Hinted text={`Send as ${clientName}`} keys={keysOf(WRITING.sendAlways)}>
        <Button
          type="submit"
          look="client"
          disabled={disabled}
          className="max-w-60 rounded-r-none @max-md:max-w-full @max-md:min-w-0 @max-md:flex-1"
        >
          <SendHorizontal size={14} aria-hidden />
          <span className="truncate">
            Send as <bdi>{clientName}</bdi>
            {online ? '' : ' when online'}
          </span>
        </Button>
      </Hinted>
      <Menu
        align="end"
        trigger={
          <Button
            look="client"
            disabled={disabled}
            aria-label="More ways to send"
            className="rounded-l-none border-l border-panel px-1.5"
          >
            <ChevronUp size={14} aria-hidden />
          </Button>
        }
      >
        <MenuItem onPick={() => onSend('next')} meta={keysOf(WRITING.sendAndNext)}>
          Send and next
        </MenuItem>
        <MenuItem onPick={() => onSend('close')} meta={keysOf(WRITING.sendAndClose)}>
          Send and close
        </MenuItem>
      </Menu>
    </span>
  );
}
