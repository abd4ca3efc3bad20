/** Commands of the training side: pretrain, finetune, evaluate, export. */
package io.kmerflow.cli.training;
