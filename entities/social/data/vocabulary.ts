// The words that the data set is written in: people around a lake.

/** Tags with how much is posted under them, of a hundred posts. */
export const tags = [
  { tag: 'lake', weight: 30 },
  { tag: 'rowing', weight: 12 },
  { tag: 'bread', weight: 10 },
  { tag: 'bikes', weight: 10 },
  { tag: 'mountains', weight: 16 },
  { tag: 'zürich', weight: 14 },
  { tag: 'typescript', weight: 8 },
] as const

export const openings = [
  'Six in the morning, and the whole lake to ourselves',
  'Third loaf this week. The crumb is getting there',
  'Found the old map of the harbour at the flea market',
  'New tyres. The hill is still the same',
  'Who else was on the ferry when it stopped?',
  'The fog lifted at noon, as it always does when one has given up',
  'Rewrote it in an evening. It took a year to know how',
] as const

export const answers = [
  'Save me a seat',
  'Where was that?',
  'I was there, and it was colder than it looks',
  'The recipe, please',
  'Not again',
  'Agreed. And yet',
  'Thursday then',
] as const

export const messages = [
  'Same time on Thursday?',
  'I have your keys',
  'Did you see what Ada wrote?',
  'Running late, start without me',
  'Thanks. I owe you one',
  'The ferry is not running',
] as const

export const bios = [
  'Rows on the lake before the ferries do',
  'Bakes at night',
  'Mostly uphill',
  'Writes compilers that nobody uses',
] as const
