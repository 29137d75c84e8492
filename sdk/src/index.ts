export { type AstrixClient, type CallInput, type CallResult, type ClientOptions, createClient } from './client.ts';
export { type Failure, type Refused, SdkError, type Unreached } from './errors.ts';
