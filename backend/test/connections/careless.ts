import {
  BinaryOperationNode,
  type KyselyPlugin,
  OperationNodeTransformer,
  OperatorNode,
  ReferenceNode,
  type RootOperationNode,
  ValueNode,
} from 'kysely';
import type { Db } from '../../src/platform/db/index.ts';
import { underPlugins } from '../tenancy/forgetful.ts';

const ALWAYS = BinaryOperationNode.create(
  ValueNode.createImmediate(1),
  OperatorNode.create('='),
  ValueNode.createImmediate(1),
);

/** Takes the comparisons of one column out of a query. */
class Careless extends OperationNodeTransformer {
  readonly #column: string;
  skipped = 0;
  constructor(column: string) {
    super();
    this.#column = column;
  }
  protected override transformBinaryOperation(node: BinaryOperationNode): BinaryOperationNode {
    const column = ReferenceNode.is(node.leftOperand) ? node.leftOperand.column : null;
    if (column?.kind !== 'ColumnNode' || column.column.name !== this.#column)
      return super.transformBinaryOperation(node);
    this.skipped += 1;
    return ALWAYS;
  }
}

const concernsAttempts = (node: RootOperationNode) => JSON.stringify(node).includes('"connect_attempts"');

/** The same database under a program that forgets to compare `column` of attempts to connect: a mutant of one guard. */
export function carelessDb(db: Db, column: string): { readonly db: Db; readonly skipped: () => number } {
  const careless = new Careless(column);
  const plugin = (): KyselyPlugin => ({
    transformQuery: ({ node }) => (concernsAttempts(node) ? careless.transformNode(node) : node),
    transformResult: async ({ result }) => result,
  });
  return { db: underPlugins(db, plugin), skipped: () => careless.skipped };
}
