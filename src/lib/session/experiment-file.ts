// Experiments as files of the person at the page (experiment/archive.ts).

export {
  ArchiveError,
  readArchive as readExperiment,
  writeArchive as packExperiment,
} from '#lib/experiment/archive.ts';
