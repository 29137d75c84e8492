import { Menu, type MenuItemConstructorOptions } from 'electron';

type Clicked = Pick<
  Electron.ContextMenuParams,
  'misspelledWord' | 'dictionarySuggestions' | 'isEditable' | 'selectionText' | 'editFlags'
>;

/** Electron shows no menu of its own: without this one a word that is underlined cannot be corrected, and the mouse cannot paste. */
export function offerContextMenu(contents: Electron.WebContents): void {
  contents.on('context-menu', (_event, clicked) => {
    const items = itemsFor(clicked, contents);
    if (items.length > 0) Menu.buildFromTemplate(items).popup();
  });
}

function itemsFor(
  { misspelledWord, dictionarySuggestions, isEditable, selectionText, editFlags }: Clicked,
  contents: Electron.WebContents,
): MenuItemConstructorOptions[] {
  const copy = { role: 'copy', enabled: editFlags.canCopy } as const;
  if (!isEditable) return selectionText.trim() === '' ? [] : [copy];
  const corrections: MenuItemConstructorOptions[] =
    misspelledWord === ''
      ? []
      : [
          ...(dictionarySuggestions.length === 0 ? [{ label: 'No suggestions', enabled: false }] : []),
          ...dictionarySuggestions.map(word => ({ label: word, click: () => contents.replaceMisspelling(word) })),
          { type: 'separator' },
          {
            label: 'Add to dictionary',
            click: () => void contents.session.addWordToSpellCheckerDictionary(misspelledWord),
          },
          { type: 'separator' },
        ];
  return [
    ...corrections,
    { role: 'cut', enabled: editFlags.canCut },
    copy,
    { role: 'paste', enabled: editFlags.canPaste },
    { type: 'separator' },
    { role: 'selectAll', enabled: editFlags.canSelectAll },
  ];
}
