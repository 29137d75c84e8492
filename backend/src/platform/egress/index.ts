export {
  createEgress,
  type Egress,
  EgressError,
  type EgressReply,
  type EgressRequest,
  isPublicAddress,
} from './egress.ts';
