import {
  BinaryOperationNode,
  type Kysely,
  type KyselyPlugin,
  OperationNodeTransformer,
  OperatorNode,
  RawNode,
  ReferenceNode,
  type RootOperationNode,
  ValueNode,
} from 'kysely';
import type { Db, Schema } from '../../src/platform/db/index.ts';

const TENANT_COLUMNS = new Set(['agency_id', 'client_id']);
const ALWAYS = BinaryOperationNode.create(
  ValueNode.createImmediate(1),
  OperatorNode.create('='),
  ValueNode.createImmediate(1),
);
/** The same filter where it is written as text. */
const RAW_FILTER = /\b(\w+\.)?(agency_id|client_id) = \(select astrix_\w+\(\)\)/g;

/** Takes every comparison with the tenant out of a query, as if whoever wrote it had forgotten. */
class Forget extends OperationNodeTransformer {
  forgotten = 0;
  protected override transformBinaryOperation(node: BinaryOperationNode): BinaryOperationNode {
    const column = ReferenceNode.is(node.leftOperand) ? node.leftOperand.column : null;
    if (column?.kind === 'ColumnNode' && TENANT_COLUMNS.has(column.column.name)) {
      this.forgotten += 1;
      return ALWAYS;
    }
    return super.transformBinaryOperation(node);
  }
  protected override transformRaw(node: RawNode): RawNode {
    const fragments = node.sqlFragments.map(text => text.replace(RAW_FILTER, () => `${++this.forgotten > 0}`));
    return super.transformRaw({ ...node, sqlFragments: fragments });
  }
}

/** The parameters of the statement with which each transaction begins say whether it is a tenant's. */
const opensTenant = (node: RootOperationNode) =>
  RawNode.is(node) && node.parameters.some(given => ValueNode.is(given) && given.value === 'astrix_tenant');

/** The same database, with a plugin of its own for each transaction. */
export function underPlugins(db: Db, pluginForOneTransaction: () => KyselyPlugin): Db {
  const kysely = new Proxy(db.internals.kysely, {
    get: (target, key) => {
      if (key === 'transaction') return () => target.withPlugin(pluginForOneTransaction()).transaction();
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  }) as Kysely<Schema>;
  return { ...db, internals: { ...db.internals, kysely } };
}

/**
 * The same database under a program whose tenant queries have all lost their tenant filters. What the system does is left as it is.
 * `forgotten` counts the filters that were taken out.
 */
export function forgetfulDb(db: Db): { readonly db: Db; readonly forgotten: () => number } {
  const forget = new Forget();
  const pluginForOneTransaction = (): KyselyPlugin => {
    let tenant = false;
    return {
      transformQuery: ({ node }) => {
        if (opensTenant(node)) tenant = true;
        return tenant ? forget.transformNode(node) : node;
      },
      transformResult: async ({ result }) => result,
    };
  };
  return { db: underPlugins(db, pluginForOneTransaction), forgotten: () => forget.forgotten };
}
