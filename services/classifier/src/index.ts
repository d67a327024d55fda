export { classifierDatabase, createClassifier, type Classifier, type ClassifierOptions } from './create-classifier.js';
export { classifierVariables, readClassifierConfig, type ClassifierConfig } from './classifier-config.js';
