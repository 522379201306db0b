// The words that the data set is written in: a small house-and-garden shop in and around Switzerland.

/** The category tree: departments, categories, and in each subcategory what its products are called and cost (whole francs, from and to). */
export const tree = {
  home: {
    kitchen: {
      'storage-jars': { title: 'Storage jars', noun: 'jar', prices: [9, 60] },
      'pots-and-pans': { title: 'Pots and pans', noun: 'pan', prices: [35, 260] },
      knives: { title: 'Knives', noun: 'knife', prices: [18, 240] },
      'tea-and-coffee': { title: 'Tea and coffee', noun: 'kettle', prices: [12, 140] },
    },
    bedroom: {
      'bed-linen': { title: 'Bed linen', noun: 'duvet cover', prices: [45, 190] },
      pillows: { title: 'Pillows', noun: 'pillow', prices: [25, 120] },
      lamps: { title: 'Lamps', noun: 'bedside lamp', prices: [30, 220] },
    },
    living: {
      shelves: { title: 'Shelves', noun: 'shelf', prices: [60, 480] },
      rugs: { title: 'Rugs', noun: 'rug', prices: [80, 690] },
      candles: { title: 'Candles', noun: 'candle', prices: [6, 48] },
    },
  },
  garden: {
    tools: {
      'hand-tools': { title: 'Hand tools', noun: 'trowel', prices: [12, 70] },
      pruning: { title: 'Pruning', noun: 'secateurs', prices: [25, 110] },
      watering: { title: 'Watering', noun: 'watering can', prices: [18, 95] },
    },
    planting: {
      seeds: { title: 'Seeds', noun: 'seed box', prices: [4, 32] },
      pots: { title: 'Plant pots', noun: 'plant pot', prices: [8, 150] },
      soil: { title: 'Soil and compost', noun: 'sack of compost', prices: [9, 40] },
    },
    outdoor: {
      furniture: { title: 'Garden furniture', noun: 'folding chair', prices: [65, 420] },
      lighting: { title: 'Outdoor lighting', noun: 'lantern', prices: [20, 160] },
    },
  },
  workshop: {
    woodwork: {
      planes: { title: 'Planes', noun: 'block plane', prices: [55, 340] },
      saws: { title: 'Saws', noun: 'tenon saw', prices: [28, 180] },
      chisels: { title: 'Chisels', noun: 'chisel', prices: [16, 90] },
    },
    storage: {
      boxes: { title: 'Boxes', noun: 'toolbox', prices: [20, 130] },
      hooks: { title: 'Hooks and rails', noun: 'hook rail', prices: [7, 60] },
    },
  },
} as const satisfies Record<string, Record<string, Record<string, Leaf>>>

export interface Leaf {
  readonly title: string
  readonly noun: string
  readonly prices: readonly [number, number]
}

export const departments = Object.freeze(Object.keys(tree))
/** What things are made of, by category. */
export const materials: Readonly<Record<string, readonly string[]>> = Object.freeze({
  kitchen: ['cast iron', 'enamel', 'glass', 'steel', 'stoneware'],
  bedroom: ['cotton', 'linen', 'wool'],
  living: ['ash', 'felt', 'larch', 'wool'],
  tools: ['ash', 'steel', 'zinc'],
  planting: ['clay', 'coir', 'zinc'],
  outdoor: ['brass', 'larch', 'steel'],
  woodwork: ['beech', 'brass', 'steel'],
  storage: ['birch', 'steel'],
})
export const colours = ['black', 'blue', 'clear', 'green', 'grey', 'natural', 'red', 'white'] as const
export const tags = ['bestseller', 'gift', 'handmade', 'local', 'new', 'refurbished', 'repairable', 'sale'] as const
export const qualities = ['Everyday', 'Folding', 'Heirloom', 'Light', 'Small', 'Sturdy', 'Tall', 'Wide'] as const

export const places = [
  { postcode: '8002', city: 'Zürich', country: 'CH' },
  { postcode: '3011', city: 'Bern', country: 'CH' },
  { postcode: '4051', city: 'Basel', country: 'CH' },
  { postcode: '1204', city: 'Genève', country: 'CH' },
  { postcode: '6900', city: 'Lugano', country: 'CH' },
  { postcode: '9490', city: 'Vaduz', country: 'LI' },
  { postcode: '1070', city: 'Wien', country: 'AT' },
  { postcode: '6020', city: 'Innsbruck', country: 'AT' },
  { postcode: '79098', city: 'Freiburg im Breisgau', country: 'DE' },
  { postcode: '80331', city: 'München', country: 'DE' },
  { postcode: '67000', city: 'Strasbourg', country: 'FR' },
  { postcode: '20121', city: 'Milano', country: 'IT' },
] as const

export const devices = [
  'Chrome on Android',
  'Chrome on Windows',
  'Firefox on Fedora',
  'Safari on iPad',
  'Safari on iPhone',
] as const
export const addressLabels = ['At home', 'At work', 'Parents', 'Holiday flat'] as const
export const cardBrands = ['maestro', 'mastercard', 'visa'] as const

/** Titles of reviews by stars, from one to five. */
export const reviewTitles = [
  ['Broke in a week', 'Not what the picture shows', 'Sent it back'],
  ['Smells of paint', 'Smaller than I thought', 'The lid does not fit'],
  ['Does what it should', 'Fine for the price', 'Good, slow delivery'],
  ['Would buy again', 'Well made', 'Nearly perfect'],
  ['A pleasure every day', 'Exactly right', 'Made to last', 'My neighbours want one'],
] as const
export const flagReasons = ['advertising', 'off-topic', 'offensive'] as const
export const trackingSteps = ['Accepted', 'Sorted', 'Left the sorting centre', 'Out for delivery'] as const
