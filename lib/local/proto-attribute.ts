// An attribute named `__proto__` is data. dynalite builds objects by assignment, which would set their prototype instead, so the name is
// replaced by another of the same length while a request is inside the engine. Only names are; values stay as they are.

const inside = '\ue000proto_'

/** A member's name, or the name that a placeholder of an expression stands for. */
const nameInRequest = /"__proto__"(?=\s*:)|(?<="#\w+"\s*:\s*)"__proto__"/g
const nameInReply = new RegExp(`"${inside}"(?=:)`, 'g')

export const hideProto = (json: string): string =>
  json.includes('"__proto__"') ? json.replace(nameInRequest, `"${inside}"`) : json

export const showProto = (json: string): string => (json.includes(inside) ? json.replace(nameInReply, '"__proto__"') : json)
