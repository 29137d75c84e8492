/** Points of a logo's edge, and the most characters of its address; the contract says the same of `Logo`. */
const EDGE = 64;
const MOST_LENGTH = 24_000;
const MOST_BYTES = 8_388_608;

/** A sentence for the person who chose the picture. */
export class LogoFault extends Error {}

/**
 * A picture scaled into 64 by 64 points, as a data address: PNG, or WebP where PNG is too long. Its own format is left behind, so that
 * nothing but points reaches the server. Throws a `LogoFault`.
 */
export async function logoOf(file: File): Promise<string> {
  if (file.size > MOST_BYTES) throw new LogoFault('This file is larger than 8 MB. Choose a smaller picture.');
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file);
  } catch {
    throw new LogoFault('This file is not a picture that can be read. Choose a PNG, JPEG or WebP file.');
  }
  const canvas = document.createElement('canvas');
  canvas.width = EDGE;
  canvas.height = EDGE;
  const context = canvas.getContext('2d');
  if (!context) throw new LogoFault('The picture could not be drawn. Restart the console and try again.');
  const scale = Math.min(EDGE / picture.width, EDGE / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, (EDGE - width) / 2, (EDGE - height) / 2, width, height);
  picture.close();
  const made = [
    canvas.toDataURL('image/png'),
    canvas.toDataURL('image/webp', 0.9),
    canvas.toDataURL('image/webp', 0.6),
  ];
  const fits = made.find(address => address.length <= MOST_LENGTH);
  if (fits === undefined) throw new LogoFault('This picture has too many details for a logo. Choose a simpler one.');
  return fits;
}
