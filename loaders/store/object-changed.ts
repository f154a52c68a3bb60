import { Problem } from '../../runner/problem.ts'
import type { StoredObject } from './store.ts'

/** The object is no longer what was listed; the next run sees it as it is by then. */
export class ObjectChanged extends Problem {
  constructor(object: StoredObject, how: string) {
    super(`the file changed while it was being read: ${how}`, {
      file: object.name,
      hint: 'run `streamform land` again once it is complete',
    })
    this.name = 'ObjectChanged'
  }
}

/**
 * The store did not give the object's content, which says nothing about the content: a permission, a disk, a network.
 * The file is not quarantined; the next run tries again. `transient`: the store as a whole is not to be reached.
 */
export class StoreFailure extends Problem {
  override readonly name = 'StoreFailure'
}
