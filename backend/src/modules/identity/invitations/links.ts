import { randomToken } from '../../../platform/crypto/index.ts';

/** 256 random bits; a prefix lets a secret scanner recognise one that got out. */
export const newInvitationToken = (): string => `astrix-invite-${randomToken(32)}`;
export const newRecoveryToken = (): string => `astrix-recover-${randomToken(32)}`;

/** The page on which an invited person joins. */
export const joinUrl = (publicUrl: string, token: string): string => `${publicUrl}/join/${token}`;

/** The page on which a person sets up their account anew. */
export const recoverUrl = (publicUrl: string, token: string): string => `${publicUrl}/recover/${token}`;
