/** Provider tokens of what the classifier's module is given. */
export const DATA_SOURCE = Symbol('DataSource');
export const FOLDER = Symbol('ClassifierFolder');
