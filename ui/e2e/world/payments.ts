import { xrayId, type Segment } from "./cruddur.ts";

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");

/** An hour and a half of payments, four a minute; for ten minutes, which are over, the bank fails. */
export function payments(now: number): Segment[] {
  const minutes = 90;
  const began = Math.floor(now / 60_000) * 60 - (minutes + 5) * 60;
  return Array.from({ length: minutes * 4 }, (_, i) => {
    const at = began + i * 15;
    const minute = Math.floor(i / 4);
    const during = { start_time: at, end_time: at + 0.08, ...(minute >= 60 && minute < 70 && { fault: true }) };
    return {
      ...during,
      id: hex(2 * i + 1, 16),
      trace_id: xrayId(hex(at, 8) + hex(0x9a15, 4) + hex(i, 20)),
      name: "payments",
      subsegments: [{ ...during, id: hex(2 * i + 2, 16), name: "bank.example", namespace: "remote" }],
    };
  });
}

/** One request to a service that calls so many others. */
export function fanOut(now: number, services: number): Segment {
  const at = now / 1000 - 30;
  const during = { start_time: at, end_time: at + 0.05 };
  return {
    ...during,
    id: hex(0xfa, 16),
    trace_id: xrayId(hex(Math.floor(at), 8) + hex(0xfa, 24)),
    name: "fan-out",
    subsegments: Array.from({ length: services }, (_, i) => ({
      ...during,
      id: hex(0xfa00 + i, 16),
      name: `called-${String(i).padStart(2, "0")}`,
      namespace: "remote",
    })),
  };
}
