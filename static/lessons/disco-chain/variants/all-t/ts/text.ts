export const lines = [
  'the tall tree',
  'ten tall trees told tales',
  'the tired tiger took ten toys',
  'that tiger took the train',
  'tell the tall tiger the tale',
];
