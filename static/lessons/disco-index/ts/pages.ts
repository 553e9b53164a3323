export const pages = [
  'p1: the cat saw the dog and the dog saw the cat',
  'p2: a bird is a bird and a cat is a cat',
  'p3: the end of the road is the end of the map',
  'p4: the dog of the cat is the end of the bird',
];
