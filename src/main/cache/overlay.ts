import type { ConversationRow } from '@astrix/contract';
import type { Command } from './api.ts';

/** The server's row as this person should see it while their own writes are on the way. Pure, so that taking one back is doing it again without it. */
export function overlay(row: ConversationRow, commands: readonly Command[]): ConversationRow {
  return commands.reduce(applyCommand, row);
}

function applyCommand(row: ConversationRow, command: Command): ConversationRow {
  switch (command.kind) {
    case 'reply': {
      const at = command.createdAt > row.lastMessageAt ? command.createdAt : row.lastMessageAt;
      return {
        ...row,
        preview: command.text.replaceAll(/\s+/g, ' ').slice(0, 160),
        previewDirection: 'out',
        lastMessageAt: at,
        failed: 0,
      };
    }
    case 'assign':
      return { ...row, assigneeId: command.personId };
    case 'tags':
      return {
        ...row,
        tags: [...new Set([...row.tags.filter(tag => !command.remove.includes(tag)), ...command.add])]
          .sort()
          .slice(0, 20),
      };
    case 'snooze':
      return command.until === null
        ? { ...row, status: 'open', snoozedUntil: null }
        : { ...row, status: 'snoozed', snoozedUntil: command.until };
    case 'status':
      return {
        ...row,
        status: command.status,
        snoozedUntil: null,
        ...(command.status === 'closed' ? { unread: 0, failed: 0 } : {}),
      };
    case 'read':
      return command.upToId === row.lastInboundId ? { ...row, unread: 0 } : row;
    case 'optOut':
      return { ...row, optedOut: command.optedOut };
    case 'note':
      return row;
  }
}

/** One line for the list of what is waiting. */
export function summaryOf(command: Command): string {
  switch (command.kind) {
    case 'reply':
    case 'note':
      return command.text;
    case 'assign':
      return command.personId === null ? 'Take the assignment away' : 'Assign the conversation';
    case 'tags':
      return (
        [
          command.add.length > 0 ? `Add ${command.add.join(', ')}` : '',
          command.remove.length > 0 ? `Remove ${command.remove.join(', ')}` : '',
        ]
          .filter(Boolean)
          .join('; ') || 'Change tags'
      );
    case 'snooze':
      return command.until === null ? 'Wake the conversation' : 'Snooze the conversation';
    case 'status':
      return command.status === 'closed' ? 'Close the conversation' : 'Reopen the conversation';
    case 'read':
      return 'Mark as read';
    case 'optOut':
      return command.optedOut ? 'Record that the customer opted out' : 'Record that the customer opted in';
  }
}
