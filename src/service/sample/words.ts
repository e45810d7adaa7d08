/** Everything the sample data says is put together from these words; none of it is anybody's. */

export const CATEGORIES = [
  'Kitchen',
  'Garden',
  'Office',
  'Lighting',
  'Outdoors',
  'Music',
  'Tools',
  'Travel',
  'Textiles',
  'Toys',
  'Bicycles',
  'Pets'
] as const;

export type Category = (typeof CATEGORIES)[number];

/** Some words go beyond ASCII, so that the sample also shows an encoding that went wrong on its way. */
export const NOUNS: Record<Category, readonly string[]> = {
  Kitchen: [
    'Kettle',
    'Skillet',
    'Crêpe Pan',
    'Chopping Board',
    'Whisk',
    'Storage Jar',
    'Café Press',
    'Ladle'
  ],
  Garden: ['Trowel', 'Watering Can', 'Planter', 'Rake', 'Seed Tray', 'Hose Reel', 'Trellis', 'Secateurs'],
  Office: ['Notebook', 'Desk Tray', 'Stapler', 'Fountain Pen', 'Pin Board', 'File Box', 'Ruler', 'Label Set'],
  Lighting: ['Desk Lamp', 'Lantern', 'Light Strip', 'Floor Lamp', 'Night Light', 'Lampshade', 'Torch'],
  Outdoors: ['Tent', 'Sleeping Mat', 'Camp Stove', 'Rucksack', 'Water Bottle', 'Hammock', 'Compass'],
  Music: ['Metronome', 'Music Stand', 'Ukulele', 'Tuner', 'Cymbal Felt', 'Guitar Strap', 'Reed Case'],
  Tools: ['Screwdriver', 'Spirit Level', 'Clamp', 'Hand Saw', 'Toolbox', 'Tape Measure', 'Chisel'],
  Travel: ['Suitcase', 'Packing Cube', 'Neck Pillow', 'Luggage Tag', 'Wash Bag', 'Travel Adapter'],
  Textiles: ['Blanket', 'Cushion', 'Tea Towel', 'Bath Mat', 'Table Runner', 'Curtain', 'Décor Throw'],
  Toys: ['Puzzle', 'Spinning Top', 'Kite', 'Building Set', 'Marble Run', 'Board Game', 'Yo-yo'],
  Bicycles: ['Pump', 'Bell', 'Pannier', 'Rear Light', 'Saddle Cover', 'Repair Kit', 'Mudguard'],
  Pets: ['Feeding Bowl', 'Scratching Post', 'Dog Lead', 'Bird Feeder', 'Brush', 'Carrier', 'Cat Tunnel']
};

export const MATERIALS = [
  'Steel',
  'Oak',
  'Brass',
  'Linen',
  'Bamboo',
  'Cotton',
  'Glass',
  'Copper',
  'Cork',
  'Walnut',
  'Wool',
  'Enamel'
] as const;

export const STYLES = [
  'Compact',
  'Classic',
  'Folding',
  'Heavy Duty',
  'Slim',
  'Large',
  'Small',
  'Portable',
  'Rustic',
  'Modern',
  'Everyday',
  'Deluxe'
] as const;

/** Headlines by stars, the worst first. */
export const HEADLINES: readonly (readonly string[])[] = [
  ['Broke within a week', 'Not as described', 'Sent it back', 'Waste of money', 'One star is generous'],
  ['Disappointing', 'Expected more', 'Works but only just', 'Poor finish', 'Would not buy again'],
  ['It is okay', 'Average', 'Does the job', 'Good idea but flawed', 'Neither good nor bad'],
  ['Good value', 'Very nice', 'Better than expected', 'Solid and simple', 'Nearly perfect'],
  ['Love it', 'Five stars', 'Exactly what I wanted', 'Excellent quality', 'Buy it']
];

/** Sentences by mood; `{noun}` is the product, `{part}` and `{time}` are filled in. */
export const COMPLAINTS = [
  'The {part} came loose after {time}.',
  'The {noun} arrived with a scratched {part}.',
  'I had to replace the {part} myself.',
  'The {part} feels cheap and bends easily.',
  'It stopped being useful after {time}.',
  'The colour is nothing like the picture.',
  'The {noun} smells odd even after {time}.',
  'There is a gap around the {part} that should not be there.'
] as const;

export const REMARKS = [
  'I have used the {noun} for {time}.',
  'The {part} is a bit larger than I thought.',
  'It took {time} to arrive.',
  'The instructions only cover the {part}.',
  'We keep it next to the door.',
  'The box was bigger than the {noun} itself.',
  'I compared three of these before I chose this one.',
  'It replaces an older {noun} that I had for years.'
] as const;

export const PRAISE = [
  'The {noun} is well made and the {part} fits perfectly.',
  'After {time} it still looks like new.',
  'The {part} is easy to clean.',
  'Everybody at home uses the {noun} now.',
  'I bought a second one after {time}.',
  'The {part} is stronger than it looks.',
  'It does exactly what it should and nothing more.',
  'A naïve design in the best sense: the {part} just works.'
] as const;

export const PARTS = [
  'handle',
  'lid',
  'base',
  'hinge',
  'strap',
  'surface',
  'edge',
  'screw',
  'seam',
  'frame',
  'cover',
  'clip'
] as const;

export const TIMES = [
  'two days',
  'a week',
  'three weeks',
  'a month',
  'half a year',
  'one winter',
  'a whole summer',
  'ten minutes'
] as const;
