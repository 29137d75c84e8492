import type { ClientMark } from '@astrix/contract/clients/marks';
import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { hueStyle } from '../../lib/client-colour.ts';
import { ClientMark as Mark } from '../../ui/parts.tsx';

export type Look = ClientMark & { readonly initials: string; readonly logo: string | null };

const keyOf = ({ hue, shade, shape }: ClientMark) => `${hue}.${shade}.${shape}`;
const nameOf = ({ hue, shade, shape }: ClientMark) => `${shade === 'middle' ? '' : `${shade} `}${hue} ${shape}`;

/** The marks that no other client has. One stop of the Tab key; the arrow keys move the choice. */
export function MarkPicker({
  marks,
  value,
  initials,
  fault,
  onPick,
}: {
  readonly marks: readonly ClientMark[];
  readonly value: ClientMark | null;
  readonly initials: string;
  readonly fault: string | null;
  readonly onPick: (mark: ClientMark) => void;
}) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-1">
      <legend className="mb-1 font-medium">Colour and shape</legend>
      {marks.length === 0 ? (
        <p role="alert" className="text-danger">
          Every mark is taken by a client with these initials. Choose other initials.
        </p>
      ) : (
        <RadioGroup
          aria-label="Colour and shape"
          value={value ? keyOf(value) : ''}
          onValueChange={key => {
            const picked = marks.find(mark => keyOf(mark) === key);
            if (picked) onPick(picked);
          }}
          className="scroll grid max-h-[126px] grid-cols-[repeat(auto-fill,36px)] gap-1 rounded-md border border-line bg-panel p-1.5"
        >
          {marks.map(mark => (
            <Radio.Root
              key={keyOf(mark)}
              value={keyOf(mark)}
              aria-label={nameOf(mark)}
              title={nameOf(mark)}
              render={<button type="button" />}
              nativeButton
              className="grid size-9 place-items-center rounded-md outline-offset-0 hover:bg-hover aria-checked:bg-picked aria-checked:ring-2 aria-checked:ring-accent"
            >
              <Mark client={{ ...mark, initials }} size={26} />
            </Radio.Root>
          ))}
        </RadioGroup>
      )}
      <span className="text-meta">
        {fault ? (
          <span role="alert" className="block text-danger">
            {fault}
          </span>
        ) : null}
        Only marks that no other client has.
      </span>
    </fieldset>
  );
}

/** The client as people will meet it: in the rail, in the strip, and on the Send button. */
export function MarkPreview({
  look,
  name,
  replyAs,
}: {
  readonly look: Look;
  readonly name: string;
  readonly replyAs: string;
}) {
  return (
    <div role="img" aria-label="How the client will look" style={hueStyle(look)} className="flex items-stretch gap-3">
      <div className="grid w-14 shrink-0 place-items-center rounded-md border border-line bg-sunken py-2">
        <Mark client={look} size={30} />
      </div>
      <div className="flex min-w-0 flex-1 flex-col overflow-hidden rounded-md border border-line">
        <span className="h-[3px] bg-hue" />
        <div className="flex items-center gap-2.5 bg-hue-ground px-3 py-2">
          <Mark client={look} size={26} />
          <bdi className="min-w-0 truncate text-[15px] font-bold">{name || 'Name of the client'}</bdi>
          <span className="min-w-0 shrink-[9] truncate text-meta">
            Replying as <bdi>{replyAs || name || '…'}</bdi>
          </span>
        </div>
        <div className="flex justify-end bg-panel px-3 py-2">
          <span className="inline-flex h-8 max-w-full items-center rounded-md bg-hue px-3 font-medium text-(--on-hue)">
            <span className="truncate">
              Send as <bdi>{name || 'the client'}</bdi>
            </span>
          </span>
        </div>
      </div>
    </div>
  );
}
