/** What users of the package need of this room (`import … from 'ferroscope/figures'`): figures as SVG, reports as HTML. Rooms import files, not this. */

export { renderAnalysis } from './analysis-report.ts';
export { type ComponentMapOptions, componentMap, usualChannels } from './component-map.ts';
export { type ComposedPanel, composeFigure } from './compose.ts';
export { type CountsFigureOptions, countsFigure, type MeanChange, type Quantity } from './counts-figure.ts';
export { type DynamicsReportInput, type MagnitudeGroup, renderDynamics } from './dynamics-report.ts';
export { type FieldMapOptions, type FieldPanel, type FieldRow, fieldMap } from './field-map.ts';
export { type FieldViewOptions, fieldView } from './field-view.ts';
export { type FilmReportInput, renderFilm } from './film-report.ts';
export { findingLine } from './finding-line.ts';
export { findingTable } from './finding-table.ts';
export { type HistogramFigureOptions, type HistogramState, histogramFigure } from './histogram-figure.ts';
export { type DetectorImage, type ImageFigureOptions, type ImageScan, imageFigure } from './image-figure.ts';
export { symbolSvg, symbolUnitSvg } from './labels.ts';
export {
  energyProfiles,
  type NamedPath,
  polarizationProfile,
  type Section,
  sectionChart,
} from './landscape-profile.ts';
export { type LandscapeReportInput, renderLandscape } from './landscape-report.ts';
export { type ChartLine, type LineChartOptions, lineChart } from './line-chart.ts';
export { type MapReportInput, renderMap } from './map-report.ts';
export { type ParityOptions, parityPlot } from './parity-plot.ts';
export {
  type PatternFigureOptions,
  type PatternPanel,
  type PatternScale,
  type PatternSpot,
  patternFigure,
} from './pattern-figure.ts';
export { encodePng, type Pixels } from './png.ts';
export type { PoleCloud } from './pole-cloud.ts';
export { type PoleFigureOptions, type PolePanel, poleFigure } from './pole-figure.ts';
export { poleDirections } from './pole-frame.ts';
export type { PoleMean, PoleTrack } from './pole-marks.ts';
export { type ProfileFigureOptions, type ProfileState, profileFigure } from './profile-figure.ts';
export {
  buildReport,
  type Cell,
  type Headline,
  type Report,
  type ReportFigure,
  type ReportProvenance,
  type ReportSection,
  type ReportTable,
  type ReportWarning,
} from './report.ts';
export type { HeldOutRow } from './report-parts.ts';
export type { SecondQuantity } from './second-quantity.ts';
export { lineProfile, type SignalCurveOptions, type SignalLine, thicknessCurve } from './signal-curves.ts';
export type {
  SimulatedDetector,
  SimulatedPatterns,
  SimulationReportInput,
  SimulationSettings,
} from './simulation-input.ts';
export { renderSimulation } from './simulation-report.ts';
export { type PicturedCrystal, structureFigure } from './structure-figure.ts';
export { type LossSeries, type TrainingCurveOptions, trainingCurve } from './training-curve.ts';
export { type VectorMapOptions, vectorFieldMap, vectorMap } from './vector-map.ts';
export type { WallLines } from './wall-lines.ts';
