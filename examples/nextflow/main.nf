#!/usr/bin/env nextflow
// Shards, their scores, one run and its reports:
//   nextflow run main.nf -resume                       on one machine
//   nextflow run main.nf -resume -profile slurm        on a cluster
// Every attempt at a task has a folder of its own, and the shard of a stopped one is to be gone on with: so run directories
// lie outside of them, where params.run says, and a task hands over its state.

process classify {
    tag "${number}/${params.shards}"
    cpus 8
    memory '16 GB'
    time params.time
    accelerator params.gpus
    // 75: stopped by SIGTERM or before the time was up. 137 to 143: killed. Either goes on where it was.
    errorStrategy { task.exitStatus == 75 || task.exitStatus in 137..143 ? 'retry' : 'finish' }
    maxRetries 20

    input:
    val number

    output:
    path "${number}.state"

    script:
    """
    code=0
    nearmiss classify ${params.photos} --model ${params.model} --taxonomy ${params.taxonomy} ${params.classify} \\
        --shard ${number}/${params.shards} --time-left ${task.time.toSeconds()}s -o ${params.run} || code=\$?
    # 1: done, and some photographs could not be read.
    [ \$code -le 1 ] || exit \$code
    nearmiss score ${params.run}-${number}-of-${params.shards} --taxonomy ${params.taxonomy} -o ${number}.state
    """
}

process merge {
    input:
    path states

    output:
    path 'merged'

    // shards says which are missing, and fails then.
    script:
    """
    nearmiss shards ${params.run}
    nearmiss merge ${params.run}-*-of-${params.shards} -o ${params.run} --force
    ln -s ${params.run} merged
    """
}

process report {
    publishDir params.reports, mode: 'copy'

    input:
    path merged

    output:
    path 'report'

    script:
    """
    nearmiss report ${merged} --taxonomy ${params.taxonomy} -o report
    """
}

process report_of_states {
    publishDir params.reports, mode: 'copy'

    input:
    path states

    output:
    path 'report-of-states'

    script:
    """
    nearmiss report ${states} -o report-of-states
    """
}

workflow {
    states = classify(channel.of(1..params.shards)).collect()
    report(merge(states))
    report_of_states(states)
}
