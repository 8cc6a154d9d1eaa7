/** The slot of a key in a Redis Cluster. */

/** How many there are. */
export const slotCount = 16_384;

/** CRC16 (XMODEM) of the key. The gateway's keys have no hash tag, since each script has one key. */
export function slotOfKey(key: string): number {
  let crc = 0;
  for (const byte of Buffer.from(key)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc % slotCount;
}
