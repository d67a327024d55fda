/** Provider token of the `IntakeConfig`. */
export const INTAKE_CONFIG = Symbol('IntakeConfig');
