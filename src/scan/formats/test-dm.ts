/** DM3 and DM4 files of given tags, for tests: bytes as the description of the format says, by another way than the reader's. Not a test. */

/** A value with the code of its type; an array of numbers; a structure. Groups are objects, or lists without names. */
export type Tag =
  | { readonly type: number; readonly value: number }
  | { readonly array: number; readonly values: readonly number[] }
  | { readonly fields: readonly { readonly type: number; readonly value: number }[] }
  | { readonly [name: string]: Tag }
  | readonly Tag[];

export const long = (value: number): Tag => ({ type: 3, value });
export const float = (value: number): Tag => ({ type: 6, value });
export const text = (value: string): Tag => ({ array: 4, values: [...value].map((c) => c.charCodeAt(0)) });

const WIDTHS: Readonly<Record<number, number>> = {
  2: 2,
  3: 4,
  4: 2,
  5: 4,
  6: 4,
  7: 8,
  8: 1,
  9: 1,
  10: 1,
  11: 8,
  12: 8,
};

export function dmFile(version: 3 | 4, little: boolean, tags: Tag): Uint8Array {
  const size = (value: number): number[] => {
    const bytes = new Uint8Array(version === 4 ? 8 : 4);
    new DataView(bytes.buffer).setUint32(bytes.length - 4, value);
    return [...bytes];
  };
  const number = (type: number, value: number): number[] => {
    const view = new DataView(new ArrayBuffer(WIDTHS[type]!));
    if (type === 2) view.setInt16(0, value, little);
    else if (type === 3) view.setInt32(0, value, little);
    else if (type === 4) view.setUint16(0, value, little);
    else if (type === 5) view.setUint32(0, value, little);
    else if (type === 6) view.setFloat32(0, value, little);
    else if (type === 7) view.setFloat64(0, value, little);
    else if (type === 11) view.setBigInt64(0, BigInt(value), little);
    else if (type === 12) view.setBigUint64(0, BigInt(value), little);
    else view.setUint8(0, value);
    return [...new Uint8Array(view.buffer)];
  };
  const data = (info: number[], body: number[]): number[] => [
    ...[37, 37, 37, 37],
    ...size(info.length),
    ...info.flatMap(size),
    ...body,
  ];
  const group = (tag: Tag): number[] => {
    const list = Array.isArray(tag) ? tag.map((one) => ['', one] as const) : Object.entries(tag);
    return [
      0,
      1,
      ...size(list.length),
      ...list.flatMap(([name, one]: readonly [string, Tag]) => {
        const [kind, body] = tagOf(one);
        const letters = [...name].map((c) => c.charCodeAt(0));
        return [
          kind,
          letters.length >> 8,
          letters.length & 255,
          ...letters,
          ...(version === 4 ? size(body.length) : []),
          ...body,
        ];
      }),
    ];
  };
  const tagOf = (tag: Tag): [kind: number, body: number[]] => {
    if ('type' in tag && typeof tag.type === 'number') {
      return [21, data([tag.type], number(tag.type, tag.value as number))];
    }
    if ('array' in tag && typeof tag.array === 'number') {
      const { array, values } = tag as { array: number; values: readonly number[] };
      return [
        21,
        data(
          [20, array, values.length],
          values.flatMap((value) => number(array, value)),
        ),
      ];
    }
    if ('fields' in tag) {
      const fields = tag.fields as readonly { type: number; value: number }[];
      const info = [15, 0, fields.length, ...fields.flatMap(({ type }) => [0, type])];
      return [
        21,
        data(
          info,
          fields.flatMap(({ type, value }) => number(type, value)),
        ),
      ];
    }
    return [20, group(tag)];
  };
  const root = group(tags);
  const version4 = [0, 0, 0, version];
  return new Uint8Array([...version4, ...size(root.length), 0, 0, 0, little ? 1 : 0, ...root, ...new Array(8).fill(0)]);
}

export interface TestImage {
  readonly name: string;
  /** Code of the image's type, and of the array's elements. */
  readonly type: number;
  readonly element: number;
  /** Fastest first. */
  readonly axes: readonly (readonly [length: number, scale: number, unit: string])[];
  readonly values: readonly number[];
  readonly tags?: Tag;
}

export function imageTag({ name, type, element, axes, values, tags = {} }: TestImage): Tag {
  return {
    ImageData: {
      Calibrations: {
        Brightness: { Origin: float(0), Scale: float(1), Units: text('') },
        Dimension: axes.map(([, scale, unit]) => ({ Origin: float(0), Scale: float(scale), Units: text(unit) })),
      },
      Data: { array: element, values },
      DataType: long(type),
      Dimensions: axes.map(([length]) => ({ type: 5, value: length })),
    },
    ImageTags: tags,
    Name: text(name),
  };
}

/** A file of images; the first is a thumbnail of 2 × 2 colours. */
export function imageFile(version: 3 | 4, little: boolean, ...images: readonly TestImage[]): Uint8Array {
  const thumbnail: TestImage = {
    name: '',
    type: 23,
    element: 3,
    axes: [
      [2, 1, ''],
      [2, 1, ''],
    ],
    values: [1, 2, 3, 4],
  };
  return dmFile(version, little, {
    ApplicationBounds: { fields: [2, 4, 6].map((value) => ({ type: 5, value })) },
    ImageList: [thumbnail, ...images].map(imageTag),
    Thumbnails: [{ ImageIndex: long(0) }],
  });
}
