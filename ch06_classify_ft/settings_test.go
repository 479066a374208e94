package classify

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTraining(t *testing.T) {
	s := DefaultSettings.Training(1045)
	require.Equal(t, 650, s.Schedule.Total)
	require.Equal(t, 65, s.Schedule.Warmup)
	require.Less(t, s.Schedule.Rate(649), 1e-7)

	s = PublishedSettings.Training(1045)
	require.Equal(t, 650, s.Schedule.Total)
	for step := range s.Schedule.Total {
		require.InEpsilon(t, 5e-5, s.Schedule.Rate(step), 1e-9)
	}
	require.Zero(t, s.Clip)
	require.True(t, s.Optimizer.DecayAll)

	eighths := PublishedSettings
	eighths.Batch, eighths.Accumulate = 1, 8
	require.Equal(t, 653, eighths.Training(1045).Schedule.Total, "the messages over, at the end of an epoch, wait for the next")
}
