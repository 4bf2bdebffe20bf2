/** A name of Python's that a pickle refers to. */
export class PickledName {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }
}

/** A call of a name, which nobody makes: what it would be is for the reader to say. */
export class PickledCall {
  readonly path: string;
  readonly args: readonly PickledValue[];

  constructor(path: string, args: readonly PickledValue[]) {
    this.path = path;
    this.args = args;
  }
}

/** A reference to something outside the pickle: the elements of a tensor. */
export class PickledReference {
  readonly id: PickledValue;

  constructor(id: PickledValue) {
    this.id = id;
  }
}

/** What stands in a pickle: lists and tuples are arrays, dictionaries are maps, `None` is null. */
export type PickledValue =
  | null
  | boolean
  | number
  | string
  | PickledValue[]
  | Map<PickledValue, PickledValue>
  | PickledName
  | PickledCall
  | PickledReference;
