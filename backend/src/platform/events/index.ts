export { createEventBus, type Emit, type EventBus, type Events, type Hears, type TenantEvents } from './events.ts';
