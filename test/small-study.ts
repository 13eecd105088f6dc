/** Sections of the recipes of studies that take seconds. Not a test. */

/** The end of [structures]; [library], [network] and [training]. */
export const SMALL_STUDY = `depth_blocks = 2
[library]
thickness_nm = { min = 8, max = 12 }
tilt_max_mrad = 0.5
patterns_per_structure = 96
pixels = 32
pixels_per_order = 4
grid_per_cell = 20
slices_per_cell = 8
[network]
channels = [4, 4, 8, 8, 16, 32]
predictor_width = 32
[training]
epochs = 2
dose_e = [1e5, 1e6]
`;
