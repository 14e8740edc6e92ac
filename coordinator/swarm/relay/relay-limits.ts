/** Bounds of the relay, which carries what two browsers must say to each other before they meet. */

/** An hour's crowd on one coordinator; each reservation is a few hundred bytes. */
export const MAX_RESERVATIONS = 100_000;
/** Above the reservations, so that a full relay still says so. */
export const MAX_RELAY_CONNECTIONS = MAX_RESERVATIONS + 1_000;
/** Handshakes at the same time: all come from one address, and the gateway counts the real ones. */
export const MAX_PENDING_CONNECTIONS = 1_000;
/** A node asks again five minutes before this is over; one that left has its reservation dropped. */
export const RESERVATION_MS = 30 * 60_000;
/** Two descriptions, their candidates and the handshake take about 15 KiB. Data cannot hide in it. */
export const MAX_RELAYED_BYTES = 64 * 1024;
/** Longer than any browser needs to find a way to another. */
export const MAX_RELAYED_MS = 60_000;
/** Meetings that one node may be asking for, or asked into, at the same time. */
export const MAX_MEETINGS = 32;
/** Of one socket, both ways: thousands of meetings. Who needs more comes back with a new socket. */
export const MAX_SOCKET_BYTES = 64 * 1024 * 1024;
/** One WebSocket message: several of libp2p's largest packets, which are 64 KiB. */
export const MAX_SOCKET_MESSAGE_BYTES = 512 * 1024;
/** Proxies close sockets that are silent for a minute; who has not answered one by the next is gone. */
export const SOCKET_PING_MS = 25_000;
